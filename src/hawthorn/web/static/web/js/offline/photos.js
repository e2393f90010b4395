// Photos are made small on the phone before they are kept or sent: at most 1600 px, JPEG, upright, without the place they were taken at.
const MOST = 1600;
const SMALL = 300 * 1024;

/** Every photo field of a form. A press while photos are still being made small waits for them. */
export function shrinkPhotos(form) {
  const busy = new Set();
  for (const field of form.querySelectorAll("input[type=file][accept^='image/']")) {
    field.addEventListener("change", () => {
      const work = replace(field).catch(() => null).finally(() => busy.delete(work));
      busy.add(work);
    });
  }
  form.addEventListener("submit", (event) => {
    if (!busy.size) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void Promise.all(busy).then(() => form.requestSubmit(event.submitter));
  });
}

async function replace(field) {
  const small = new DataTransfer();
  for (const file of field.files) small.items.add(await shrunk(file));
  field.files = small.files;
}

async function shrunk(file) {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const part = Math.min(1, MOST / Math.max(picture.width, picture.height));
    if (part === 1 && file.size < SMALL && file.type === "image/jpeg") return file;
    const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(picture.width * part), height: Math.round(picture.height * part) });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
    return made && made.size < file.size ? new File([made], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file;
  } catch {
    return file; // a format the browser cannot draw: the server looks at it
  }
}
