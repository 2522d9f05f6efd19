// The directory of a platform's keys, as it was saved: read only where the ledger's key signed it.
//
// One line that is not understood refuses the whole: that line may be a revocation.

import { SPACE, fromUtf8, joined, number, sha256, utf8 } from "./bytes.js";
import { readPublic } from "./ed25519.js";
import { instant, isInstant, isMoment } from "./moments.js";
import { LOG, claimed, failing, readKey, readNote } from "./note.js";
import { Problem } from "./problem.js";

export const MAX_AGE_DAYS = 30;
export const ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";

const HEADING = "coldledger-keys/v1";
const REASONS = ["stolen", "exposed", "misused"];
const HOST = /^[a-z0-9.:[\]-]+$/;
const COUNT = "(?:0|[1-9][0-9]{0,18})";
const PREDECESSOR = new RegExp(`^predecessor [^${SPACE}+]+ ${COUNT} ${COUNT} ${COUNT}$`);

/** The directory in these bytes, if that key of the ledger signed it. Throws Problem `key-directory.…`. */
export async function openDirectory(bytes, ledgerKey) {
  const [heading, ...lines] = (await signedText(bytes, ledgerKey)).replace(/\n$/, "").split("\n");
  if (heading !== HEADING || lines.length < 2) throw malformed(heading);
  const [origin, madeAt, ...rest] = lines;
  if (origin !== ledgerKey.name) {
    throw new Problem("key-directory.of-another-ledger", { found: origin, ledger: ledgerKey.name });
  }
  demandInstant(madeAt);
  const labelKeys = await each(rest, "label ", readLabelKey);
  if (new Set(labelKeys.map((key) => key.id)).size !== labelKeys.length) throw malformed("label");
  const others = rest.filter((line) => !line.startsWith("label ") && !PREDECESSOR.test(line));
  const ledgerKeys = await each(others, "", readLedgerKey);
  return { origin, madeAt, ledgerKeys, labelKeys };
}

/** The directory, if one of these keys of the ledger signed it. Throws why the first one did not. */
export async function openWith(bytes, ledgerKeys) {
  let refused = null;
  for (const key of ledgerKeys) {
    try {
      return await openDirectory(bytes, key);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      refused ??= error;
    }
  }
  throw refused;
}

/** The remark that a directory is old, or null. */
export function age(directory, now) {
  const oldest = instant(now - MAX_AGE_DAYS * 86_400_000);
  if (directory.madeAt >= oldest) return null;
  return new Problem("key-directory.old", { made_at: directory.madeAt, days: MAX_AGE_DAYS });
}

/** The two characters by which labels name a key. */
export async function keyId(publicKey) {
  const digest = await sha256(joined(utf8("coldledger label key\n"), publicKey));
  const place = Number(number(digest.slice(0, 8)) % BigInt(ALPHABET.length ** 2));
  return ALPHABET[Math.floor(place / ALPHABET.length)] + ALPHABET[place % ALPHABET.length];
}

async function signedText(bytes, key) {
  try {
    const note = readNote(fromUtf8(bytes));
    if (claimed(note, [key]).length && !(await failing(note, [key]))) return note.text;
  } catch {
    // No text, or no note: the ledger did not sign it.
  }
  throw new Problem("key-directory.not-signed", { ledger: key.name });
}

const each = (lines, beginning, read) =>
  Promise.all(lines.filter((line) => line.startsWith(beginning)).map(read));

async function readLedgerKey(line) {
  const words = line.split(" ");
  if (words[0] !== "ledger" || words.length !== 4) throw malformed(line);
  const [since, until] = words.slice(2).map((word) => (word === "-" ? null : demandInstant(word)));
  try {
    return { key: await readKey(words[1], LOG), since, until };
  } catch {
    throw malformed(line);
  }
}

async function readLabelKey(line) {
  const [, id, text, host, since, until, ...revoked] = line.split(" ");
  if (until === undefined) throw malformed(line);
  const publicKey = publicOf(text, line);
  demandInstant(since);
  demandInstant(until);
  const revocation = revoked.length ? readRevocation(revoked, line) : null;
  if ((await keyId(publicKey)) !== id || !HOST.test(host)) throw malformed(line);
  return { id, publicKey, host, since, until, revocation };
}

function publicOf(text, line) {
  try {
    return readPublic(text);
  } catch {
    throw malformed(line);
  }
}

function readRevocation(words, line) {
  const [word, since, reason] = words;
  const isOne = words.length === 3 && word === "revoked" && isMoment(since) && REASONS.includes(reason);
  if (!isOne) throw malformed(line);
  return { since, reason };
}

function demandInstant(text) {
  if (!isInstant(text)) throw malformed(text);
  return text;
}

const malformed = (line) => new Problem("key-directory.malformed", { line: line.slice(0, 60) });
