// Signed notes and cosignatures (C2SP signed-note, tlog-cosignature): a text, a blank line, signature lines.
//
// Signatures of unknown keys are ignored; a known key whose signature fails refuses the note, even beside a
// good one; a note that no known key has signed is refused. A key is known by its name and its id.

import { SPACE, fromBase64, hex, joined, number, sha256, utf8 } from "./bytes.js";
import { holds } from "./ed25519.js";
import { Malformed } from "./problem.js";

export const LOG = 1;
export const WITNESS = 4;

const MAX_CHARS = 1_000_000;
const MAX_SIGNATURES = 100;
const CONTROL = /[\x00-\x09\x0b-\x1f\ud800-\udfff]/u;
const NAME = new RegExp(`^[^+${SPACE}]+$`);
/** The last second of 9999-12-30: later times are no time here. */
const LAST_TIME = 253402214400n;

export const isName = (text) => NAME.test(text) && !CONTROL.test(text);

/** Bytes of canonical base64. Throws Malformed. */
export function decoded(text, what) {
  try {
    return fromBase64(text);
  } catch {
    throw new Malformed(`${what} is not canonical base64`);
  }
}

/** A public key `name+id+base64` of that type. Throws Malformed, also where the id is not that of the key. */
export async function readKey(vkey, type) {
  const [name, id] = vkey.split("+", 2);
  const blob = decoded(vkey.slice(`${name}+${id}+`.length), "a key");
  if (blob[0] !== type || blob.length !== 33 || !isName(name)) throw new Malformed("a key is name+id+base64");
  const digest = await sha256(joined(utf8(`${name}\n`), blob));
  if (hex(digest.slice(0, 4)) !== id) throw new Malformed("the key's id is not that of the key");
  return { name, type, publicKey: blob.slice(1), claim: `${name} ${id}`, vkey };
}

/** A note, none of its signatures checked. Throws Malformed. */
export function readNote(note) {
  if (note.length > MAX_CHARS || CONTROL.test(note)) throw new Malformed("a note is short, and text");
  const blank = note.lastIndexOf("\n\n");
  const lines = note.slice(blank + 2);
  if (blank < 0 || !lines.endsWith("\n")) throw new Malformed("a note is a text, a blank line, signatures");
  const signatures = lines.slice(0, -1).split("\n");
  if (signatures.length > MAX_SIGNATURES) throw new Malformed("a note has at most 100 signatures");
  return { text: note.slice(0, blank + 1), signatures: signatures.map(readSignature) };
}

function readSignature(line) {
  const found = /^— ([^ ]+) ([^ ]+)$/.exec(line);
  if (!found || !isName(found[1])) throw new Malformed("a signature line is '— <name> <base64>'");
  const blob = decoded(found[2], "a signature");
  if (blob.length <= 4) throw new Malformed("a signature is longer than its key id");
  return { name: found[1], claim: `${found[1]} ${hex(blob.slice(0, 4))}`, bytes: blob.slice(4) };
}

/** The seconds since 1970 at which a cosignature says it was made, or null where it is none. */
export function secondsOf(signature) {
  const seconds = number(signature.bytes.slice(0, 8));
  return signature.bytes.length === 72 && seconds <= LAST_TIME ? Number(seconds) : null;
}

/** Whether the key made this signature over the text. */
async function isBy(key, text, signature) {
  if (key.type === LOG) return holds(key.publicKey, signature.bytes, utf8(text));
  const seconds = secondsOf(signature);
  const message = utf8(`cosignature/v1\ntime ${seconds}\n${text}`);
  return seconds !== null && holds(key.publicKey, signature.bytes.slice(8), message);
}

/** The first of the keys that one of the note's signatures claims, and that did not make it; or null. */
export async function failing(note, keys) {
  for (const signature of note.signatures) {
    const key = keys.find((each) => each.claim === signature.claim);
    if (key && !(await isBy(key, note.text, signature))) return key;
  }
  return null;
}

/** Which of the keys a signature claims. */
export const claimed = (note, keys) =>
  keys.filter((key) => note.signatures.some((signature) => signature.claim === key.claim));
