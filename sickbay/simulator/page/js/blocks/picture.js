/** Pictures of blocks and attachments. */

import { fileUrl } from "../api.js";
import { h, icon } from "../dom.js";

/** Only this workspace's own files are fetched; any other picture stands as its description. */
export function picture(object, className) {
  const own = object.slack_file?.id ? fileUrl(object.slack_file.id) : object.image_url;
  const local = own && new URL(own, location.href).origin === location.origin;
  if (local) return h("img", { class: className, src: own, alt: object.alt_text ?? "", loading: "lazy" });
  return h("span", { class: "image-absent", title: own }, icon("link"), object.alt_text || "Image");
}
