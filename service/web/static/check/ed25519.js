// Ed25519 by the browser's own WebCrypto, and which public keys are taken.

import { fromBase64, number } from "./bytes.js";

const FIELD = 2n ** 255n - 19n;
const ORDER_8 = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;
/** The second coordinates of the eight points under which a signature holds that everybody can write down. */
const SMALL = [0n, 1n, FIELD - 1n, ORDER_8, FIELD - ORDER_8];

/** The 32 bytes of a public key. Throws for what is none, and for one that proves nothing. */
export function readPublic(text) {
  const bytes = fromBase64(text);
  const second = BigInt.asUintN(255, number(bytes.toReversed()));
  if (bytes.length !== 32 || second >= FIELD || SMALL.includes(second)) throw new Error("not a public key");
  return bytes;
}

/** Whether the holder of the key signed these bytes. */
export async function holds(publicKey, signature, message) {
  try {
    const key = await crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", key, signature, message);
  } catch (error) {
    // A key that is no point is a key that signed nothing.
    if (error.name === "DataError") return false;
    throw error;
  }
}

/** Whether this browser can check at all: it needs Ed25519, and an address that is https or this machine. */
export async function isSupported() {
  try {
    await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
    return true;
  } catch {
    return false;
  }
}
