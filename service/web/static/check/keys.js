// The ledger's keys and its key directory, kept in the browser between visits, and when they were fetched.
//
// A directory that the ledger did not sign is never kept: the one that was kept before stays.

import { utf8 } from "./bytes.js";
import { openWith } from "./directory.js";
import { LOG, readKey } from "./note.js";
import { withDirectory } from "./proving.js";

const PLACE = "coldledger check keys";

/** Fetch the directory, and keep it with the keys that it was checked with. Throws where there is no network. */
export async function renew(vkeys) {
  const answer = await fetch("/keys", { cache: "no-store" });
  if (!answer.ok) throw new TypeError(`/keys answered ${answer.status}`);
  const note = await answer.text();
  const kept = { vkeys, note, fetched: new Date().toISOString() };
  await opened(kept);
  localStorage.setItem(PLACE, JSON.stringify(kept));
}

/** What was kept: the directory, the ledger's keys with their time, and when they were fetched; or null. */
export async function saved() {
  const text = localStorage.getItem(PLACE);
  return text === null ? null : opened(JSON.parse(text));
}

async function opened({ vkeys, note, fetched }) {
  const given = await Promise.all(vkeys.map((vkey) => readKey(vkey, LOG)));
  const directory = await openWith(utf8(note), given);
  return { directory, ledgerKeys: withDirectory(given, directory), fetched };
}
