// What the ledger signs: checkpoints of its tree and promises of an entry; and the proof (C2SP tlog-proof) that
// leads from an entry to a checkpoint (RFC 6962, RFC 9162). Throws Malformed for what is written otherwise.

import { joined, sha256 } from "./bytes.js";
import { decoded, isName } from "./note.js";
import { Malformed } from "./problem.js";

export const PROMISE = "coldledger-promise/v1";

const PROOF = "c2sp.org/tlog-proof@v1";
const MAX_SIZE = 2n ** 63n - 1n;
const MAX_PROOF_CHARS = 1_020_000;
const MAX_HASHES = 63;
const MAX_EXTRA_BYTES = 7500;
const DECIMAL = /^(?:0|[1-9][0-9]{0,18})$/;
const EMPTY_ROOT = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

/** Origin, size and root of a checkpoint's text. */
export function readCheckpoint(body) {
  const [origin, size, root] = linesOf(body, 3);
  if (size === "0" && root !== EMPTY_ROOT) throw new Malformed("the empty tree has another root");
  return { origin: originOf(origin), size: numberOf(size), root: hashOf(root) };
}

/** Origin, position and leaf hash of a promise's text. */
export function readPromise(body) {
  const [format, origin, position, leaf] = linesOf(body, 4);
  if (format !== PROMISE) throw new Malformed(`not a ${PROMISE}`);
  return { origin: originOf(origin), position: numberOf(position), leaf: hashOf(leaf) };
}

/** Index, hashes, checkpoint and extra data (null where there is none) of a proof. */
export function readProof(text) {
  const blank = text.indexOf("\n\n");
  const [heading, ...lines] = text.slice(0, Math.max(blank, 0)).split("\n");
  if (text.length > MAX_PROOF_CHARS || heading !== PROOF) {
    throw new Malformed(`a proof begins with ${PROOF} and ends with a checkpoint`);
  }
  const extra = lines[0]?.startsWith("extra ") ? extraOf(lines.shift()) : null;
  if (!lines[0]?.startsWith("index ")) throw new Malformed("a proof names an index in decimals");
  const hashes = lines.slice(1).map(hashOf);
  if (hashes.length > MAX_HASHES) throw new Malformed("no tree asks for so many hashes");
  return { index: numberOf(lines[0].slice(6)), hashes, checkpoint: text.slice(blank + 2), extra };
}

/** How many hashes prove the leaf at `index` in a tree of `size`, which has it. */
export function proofLength(index, size) {
  const inner = bits(index ^ (size - 1n)).length;
  // Above that only left siblings are there: a hash for each bit of the index.
  return inner + bits(index >> BigInt(inner)).replaceAll("0", "").length;
}

/** The root that the hashes lead to from the leaf; there must be as many as `proofLength` says. */
export async function rootFrom(leaf, index, size, hashes) {
  let [node, place, last] = [leaf, index, size - 1n];
  for (const sibling of hashes) {
    // On the right edge a node without a sibling rises as it is.
    while (place === last && !(place & 1n) && last) [place, last] = [place >> 1n, last >> 1n];
    const [left, right] = place & 1n ? [sibling, node] : [node, sibling];
    node = await sha256(joined(Uint8Array.of(1), left, right));
    [place, last] = [place >> 1n, last >> 1n];
  }
  return node;
}

const bits = (number) => (number ? number.toString(2) : "");

function linesOf(body, count) {
  const lines = body.split("\n");
  if (lines.length !== count + 1 || lines[count]) throw new Malformed(`the body has exactly ${count} lines`);
  return lines;
}

function originOf(text) {
  // One key signs both, so that no checkpoint may be read as a promise.
  if (!isName(text) || text === PROMISE) throw new Malformed("an origin is the name of a key");
  return text;
}

function numberOf(text) {
  if (!DECIMAL.test(text) || BigInt(text) > MAX_SIZE) throw new Malformed("a number has at most 63 bits");
  return BigInt(text);
}

function hashOf(text) {
  const bytes = decoded(text, "a hash");
  if (bytes.length !== 32) throw new Malformed("a hash has 32 bytes");
  return bytes;
}

function extraOf(line) {
  const bytes = decoded(line.slice(6), "extra data");
  if (!bytes.length || bytes.length > MAX_EXTRA_BYTES) throw new Malformed("extra data is short");
  return bytes;
}
