/**
 * Pulls images onto a node before anything depends on them. POD is the spec of a pod with a container for each, and NAME
 * its name. This pod owns it, so that it is deleted with it at the latest. SECONDS is the limit. HINT says what to do if
 * one cannot be pulled.
 */
import { pullImages, type PullSpec } from "./pulled";

const { NAME = "", POD = "", SECONDS, HINT = "" } = process.env;

pullImages(NAME, JSON.parse(POD) as PullSpec, Number(SECONDS)).then(
  (images) => console.log(images.map((image) => `pulled ${image}`).join("\n")),
  (error: unknown) => {
    console.error(`FAILED the images: ${error instanceof Error ? error.message : String(error)}\n  ${HINT}`);
    process.exitCode = 1;
  },
);
