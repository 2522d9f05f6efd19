// QR codes in pictures and before the camera, where the browser reads them itself (BarcodeDetector).

import { Problem } from "./problem.js";

const EVERY_MS = 200;
const QR = "qr_code";

/** Whether this browser reads QR codes. */
export async function isSupported() {
  try {
    return (await BarcodeDetector.getSupportedFormats()).includes(QR);
  } catch {
    return false;
  }
}

async function textsIn(image) {
  const found = await new BarcodeDetector({ formats: [QR] }).detect(image);
  return [...new Set(found.map((each) => each.rawValue))];
}

/** The texts of all codes in a picture. Throws Problem `image.unreadable` or `image.no-code`. */
export async function readPicture(file) {
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch {
    throw new Problem("image.unreadable");
  }
  const texts = await textsIn(picture);
  if (!texts.length) throw new Problem("image.no-code");
  return texts;
}

/** Show the camera in `video` until it sees a code; an empty list where `signal` ends it. */
export async function readCamera(video, signal) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  try {
    video.srcObject = stream;
    await video.play();
    while (!signal.aborted) {
      const texts = await textsIn(video);
      if (texts.length) return texts;
      await new Promise((resume) => setTimeout(resume, EVERY_MS));
    }
    return [];
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}
