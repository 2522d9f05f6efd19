// Whether a receipt proves what it says, to whoever believes these keys.
//
// Order: the file is read → the checkpoint is signed and cosigned → the promise speaks of this entry → the proof
// leads from the entry to the checkpoint → the statement is what the entry commits to → nothing is left in the
// file that was changed. The first rule that is broken is told, as a Problem.

import { fromHex, hex, joined, same, sha256, trimmed, utf8 } from "./bytes.js";
import { PROMISE, proofLength, readCheckpoint, readPromise, readProof, rootFrom } from "./checkpoint.js";
import { instant } from "./moments.js";
import { LOG, WITNESS, claimed, failing, readKey, readNote, secondsOf } from "./note.js";
import { Malformed, Problem } from "./problem.js";
import { demandWhole, readEntry, readReceipt, readStatement } from "./receipt.js";

/** Whom to believe: the ledger's keys with their time, and witnesses, of whom `quorum` must have cosigned. */
export async function makeTrust(ledgerKeys, witnessLines, quorum = null) {
  const lines = witnessLines.split("\n").map(trimmed).filter(Boolean);
  const witnesses = await Promise.all([...new Set(lines)].map(readWitness));
  const names = new Map();
  for (const key of [...ledgerKeys.map((each) => each.key), ...witnesses]) {
    const other = names.get(hex(key.publicKey)) ?? key.vkey;
    // A witness that is the ledger itself, or another witness, vouches for nothing more.
    if (other !== key.vkey) throw new Problem("receipt.one-key-twice", { cause: `${other}, ${key.vkey}` });
    names.set(hex(key.publicKey), key.vkey);
  }
  return { ledgerKeys, witnesses, quorum: quorum ?? witnesses.length };
}

/** Those keys of a ledger that the page was given, and those that its directory names with their time. */
export function withDirectory(given, directory) {
  const told = directory.ledgerKeys;
  const more = given.filter((key) => !told.some((each) => each.key.vkey === key.vkey));
  return [...told, ...more.map((key) => ({ key, since: null, until: null }))];
}

/** What the receipt in `bytes` proves. Throws Problem `receipt.…`. */
export async function checkReceipt(bytes, trust, now) {
  const receipt = readReceipt(bytes);
  const proof = proofOf(receipt.proof);
  const { note, checkpoint, ours } = await checkpointOf(proof.checkpoint, trust);
  const cosignatures = cosignaturesOf(note, trust.witnesses);
  const keys = demandInTime(claimedOf(note, ours), cosignatures, instant(now));
  const { at, commitment } = readEntry(receipt.entry);
  const leaf = await sha256(joined(Uint8Array.of(0), utf8(receipt.entry)));
  if (receipt.promise !== null) await demandPromised(receipt.promise, proof.index, leaf, ours);
  await demandIncluded(proof, leaf, checkpoint);
  const statement = await statementOf(receipt, at, commitment);
  await demandWhole(receipt);
  const known = [...trust.ledgerKeys.map((each) => each.key), ...trust.witnesses].map((key) => key.claim);
  const names = new Map(note.signatures.map(({ claim, name }) => [claim, name]));
  const unchecked = [...names].filter(([claim]) => !known.includes(claim)).map(([, name]) => name);
  return {
    position: proof.index, at, checkpoint, keys, cosignatures, unchecked, statement,
    promised: receipt.promise !== null, said: receipt.statement,
  };
}

async function readWitness(line) {
  try {
    return await readKey(line, WITNESS);
  } catch (error) {
    const shown = line.startsWith("PRIVATE+KEY+") ? "PRIVATE+KEY+…" : line.slice(0, 200);
    throw new Problem("receipt.key-unreadable", { key: shown, cause: error.message });
  }
}

/** What `reading` returns; a Malformed is told as that problem. */
function orTell(code, reading) {
  try {
    return reading();
  } catch (error) {
    throw error instanceof Malformed ? new Problem(code, { cause: error.message }) : error;
  }
}

function proofOf(text) {
  const proof = orTell("receipt.proof-malformed", () => readProof(text));
  if (proof.extra) throw new Problem("receipt.proof-with-extra");
  return proof;
}

async function checkpointOf(text, trust) {
  if (!text.includes("\n\n— ")) throw new Problem("receipt.checkpoint-unsigned");
  if (text.startsWith(`${PROMISE}\n`)) throw new Problem("receipt.promise-for-checkpoint");
  const note = orTell("receipt.checkpoint-malformed", () => readNote(text));
  const checkpoint = orTell("receipt.checkpoint-malformed", () => readCheckpoint(note.text));
  const { origin } = checkpoint;
  const ours = trust.ledgerKeys.filter((each) => each.key.name === origin);
  if (!ours.length) {
    const wanted = [...new Set(trust.ledgerKeys.map((each) => each.key.name))].sort().join(", ");
    throw new Problem("receipt.other-ledger", { found: origin.slice(0, 100), wanted });
  }
  if (!claimedOf(note, ours).length) throw new Problem("receipt.unknown-key", { ledger: origin });
  const logs = trust.ledgerKeys.map((each) => each.key);
  if (await failing(note, logs)) throw new Problem("receipt.checkpoint-changed", { ledger: origin });
  await demandCosigned(note, trust);
  return { note, checkpoint, ours };
}

async function demandCosigned(note, { witnesses, quorum }) {
  const wrong = await failing(note, witnesses);
  if (wrong) throw new Problem("receipt.cosignature-wrong", { witness: wrong.name });
  const found = claimed(note, witnesses).length;
  if (found < quorum) throw new Problem("receipt.too-few-witnesses", { found, needed: quorum });
}

const claimedOf = (note, ledgerKeys) => {
  const found = claimed(note, ledgerKeys.map((each) => each.key));
  return ledgerKeys.filter((each) => found.includes(each.key));
};

const cosignaturesOf = (note, witnesses) =>
  claimed(note, witnesses).map((witness) => {
    const signature = note.signatures.find((each) => each.claim === witness.claim);
    return { witness, at: instant(secondsOf(signature) * 1000) };
  });

/** The keys that signed within their time. */
function demandInTime(signed, cosignatures, now) {
  // A checkpoint bears no time of its own: that of a witness is believed, and otherwise only today.
  const moments = cosignatures.length ? cosignatures.map((each) => each.at) : [now];
  const covers = ({ since, until }) =>
    moments.some((moment) => (since === null || since <= moment) && (until === null || moment <= until));
  const good = signed.filter(covers);
  if (!good.length) {
    const [{ key, since, until }] = signed;
    throw new Problem("receipt.key-out-of-time", { key: key.vkey, since, until, seen: moments.sort()[0] });
  }
  return good.map((each) => each.key);
}

async function demandPromised(text, position, leaf, ours) {
  const keys = ours.map((each) => each.key);
  const note = orTell("receipt.promise-malformed", () => readNote(text));
  if (!claimed(note, keys).length) throw new Problem("receipt.promise-by-unknown-key");
  if (await failing(note, keys)) throw new Problem("receipt.promise-changed");
  const promise = orTell("receipt.promise-malformed", () => readPromise(note.text));
  if (promise.origin !== keys[0].name) {
    throw new Problem("receipt.promise-malformed", { cause: `a promise of ${promise.origin}` });
  }
  if (promise.position !== position) {
    throw new Problem("receipt.other-position", { promised: promise.position, proved: position });
  }
  if (!same(promise.leaf, leaf)) throw new Problem("receipt.other-entry", { position });
}

async function demandIncluded({ index, hashes }, leaf, { size, root }) {
  if (index >= size) throw new Problem("receipt.beyond-checkpoint", { position: index, size });
  const [found, needed] = [hashes.length, proofLength(index, size)];
  const facts = { found, needed, position: index, size };
  if (found < needed) throw new Problem("receipt.proof-too-short", facts);
  if (found > needed) throw new Problem("receipt.proof-too-long", facts);
  if (!same(await rootFrom(leaf, index, size, hashes), root)) throw new Problem("receipt.proof-elsewhere", facts);
}

/** The disclosed statement, which is what the entry commits to; null where nothing is disclosed. */
async function statementOf({ statement: text, nonce }, at, commitment) {
  if (text === null && nonce === null) return null;
  if (text === null || nonce === null) throw new Problem("receipt.half-disclosed");
  const statement = readStatement(text);
  if (statement.at !== at) {
    throw new Problem("receipt.time-differs", { said: String(statement.at).slice(0, 40), entry: at });
  }
  if (hex(await sha256(joined(fromHex(nonce), utf8(text)))) !== commitment) {
    throw new Problem("receipt.not-committed");
  }
  return statement;
}
