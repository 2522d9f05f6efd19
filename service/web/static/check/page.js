// The page that checks labels and receipts in the browser, with or without a network.
//
// Without this script the page explains how to check by a command; with it, it keeps itself and the keys for
// when there is no network. What is checked is sent nowhere.

import { age } from "./directory.js";
import { isSupported as canCheck } from "./ed25519.js";
import { renew, saved } from "./keys.js";
import { checkLabel } from "./label.js";
import { asRead } from "./moments.js";
import { Problem } from "./problem.js";
import { checkReceipt, makeTrust } from "./proving.js";
import { isSupported as canScan, readCamera, readPicture } from "./scanning.js";
import { labelVerdict, note, receiptVerdict, refusal } from "./telling.js";
import { Words } from "./words.js";

const WITNESSES = "coldledger check witnesses";
const part = (id) => document.getElementById(id);

class Page {
  constructor(words, vkeys) {
    this.words = words;
    this.vkeys = vkeys;
    this.keys = null;
    this.camera = null;
  }

  async start() {
    part("checker").hidden = false;
    if (!(await canCheck())) {
      this.show(note("bad", this.words.say("check.cannot"), this.words.say("check.cannot-why")));
      return;
    }
    part("check-forms").hidden = false;
    await this.offerScanning();
    part("label-form").addEventListener("submit", (event) => this.typed(event));
    part("receipt-file").addEventListener("change", (event) => this.receipts(event));
    part("witnesses").value = localStorage.getItem(WITNESSES) ?? "";
    part("witnesses").addEventListener("change", ({ target }) => localStorage.setItem(WITNESSES, target.value));
    addEventListener("online", () => this.renew());
    document.addEventListener("visibilitychange", () => document.hidden || this.renew());
    await Promise.all([this.renew(), this.keepPage()]);
  }

  async offerScanning() {
    const isOffered = await canScan();
    part("scanning").hidden = !isOffered;
    part("no-scanning").hidden = isOffered;
    part("picture").addEventListener("change", (event) => this.picture(event));
    part("camera").addEventListener("click", () => this.scan());
  }

  /** The keys anew where there is a network; those that were kept where there is none. */
  async renew() {
    let refused = [];
    try {
      await renew(this.vkeys);
    } catch (error) {
      // What the browser throws where nobody answers is a TypeError; a Problem is a directory of somebody else.
      if (!(error instanceof TypeError)) refused = [refusal(error, this.words)];
    }
    this.keys = await saved();
    part("keys").replaceChildren(...refused, ...this.keysTold());
  }

  keysTold() {
    const { words, keys } = this;
    if (!keys) return [note("bad", words.say("check.no-keys"), words.say("check.no-keys-remedy"))];
    const facts = { made_at: asRead(keys.directory.madeAt), fetched: asRead(keys.fetched) };
    const old = age(keys.directory, Date.now());
    const told = document.createElement("p");
    told.textContent = words.say("check.keys-kept", facts);
    return old ? [told, refusal(old, words, "wait")] : [told];
  }

  async keepPage() {
    let told = "check.page-not-kept";
    try {
      await navigator.serviceWorker.register(new URL("worker.js", import.meta.url), { scope: "/check" });
      const { active } = await navigator.serviceWorker.ready;
      active.postMessage(spoken);
      told = "check.page-kept";
    } catch {
      // A browser that keeps no pages, such as in a private window: said, and no fault.
    }
    part("kept").textContent = this.words.say(told);
  }

  show(...notes) {
    part("verdict").replaceChildren(...notes);
    part("verdict").scrollIntoView({ block: "nearest" });
  }

  /** Show what `checking` finds, or why it is refused; without keys nothing is checked. */
  async verdict(checking) {
    if (!this.keys) return this.show(...this.keysTold());
    try {
      this.show(...(await checking(this.keys)));
    } catch (error) {
      this.show(refusal(error, this.words));
    }
  }

  /** A verdict on each: one picture may show several labels. */
  async labels(texts, { directory }) {
    const told = [];
    for (const text of texts) told.push(...(await this.label(text, directory)));
    return told;
  }

  async label(text, directory) {
    try {
      return labelVerdict(await checkLabel(text, directory, Date.now()), this.words);
    } catch (error) {
      return [refusal(error, this.words)];
    }
  }

  async typed(event) {
    event.preventDefault();
    await this.verdict((keys) => this.labels([part("label-text").value], keys));
  }

  async picture({ target }) {
    const [file] = target.files;
    if (file) await this.verdict(async (keys) => this.labels(await readPicture(file), keys));
    // The same file again is a change again.
    target.value = "";
  }

  async scan() {
    if (this.camera) return this.camera.abort();
    this.camera = new AbortController();
    part("video").hidden = false;
    try {
      const texts = await readCamera(part("video"), this.camera.signal);
      if (texts.length) await this.verdict((keys) => this.labels(texts, keys));
    } catch (error) {
      if (error instanceof Problem || !(error instanceof DOMException)) throw error;
      this.show(note("wait", this.words.say("check.no-camera"), this.words.say("check.no-camera-remedy")));
    } finally {
      part("video").hidden = true;
      this.camera = null;
    }
  }

  async receipts({ target }) {
    const [file] = target.files;
    if (file) await this.verdict((keys) => this.receipt(file, keys));
    target.value = "";
  }

  async receipt(file, { ledgerKeys }) {
    const trust = await makeTrust(ledgerKeys, part("witnesses").value);
    const bytes = new Uint8Array(await file.arrayBuffer());
    return receiptVerdict(file.name, await checkReceipt(bytes, trust, Date.now()), this.words);
  }
}

const told = await (await fetch(new URL("edition.json", import.meta.url))).json();
const spoken = document.documentElement.lang.slice(0, 2);
await new Page(new Words(told.words[spoken]), part("checker").dataset.vkeys.split(" ")).start();
