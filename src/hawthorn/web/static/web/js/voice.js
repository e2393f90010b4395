// A voice note: recorded or chosen, made plain on the phone (WAV, one channel, 16,000 samples a second), and heard once more before it is sent.
const RATE = 16000;
const MOST = 60; // seconds
const pad = (words, n) => words.replace("{n}", n);
const busy = new Map(); // form → what has to end before it is sent

for (const box of document.querySelectorAll("[data-voice]")) watch(box);

// Whoever presses while still speaking, or before the recording is made plain, waits for it.
document.addEventListener("submit", (event) => {
  const waits = busy.get(event.target);
  if (!waits) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  void waits().then(() => event.target.requestSubmit(event.submitter));
}, true);

function watch(box) {
  const field = box.querySelector("input[type=file]");
  const player = box.querySelector("audio");
  const line = box.querySelector("[role=status]");
  const [start, drop] = box.querySelectorAll("button");
  const { form } = field;
  const { words } = form.elements;
  let stop;
  const show = (said = "") => {
    const [file] = field.files;
    if (player.src) URL.revokeObjectURL(player.src);
    if (file) player.src = URL.createObjectURL(file);
    else player.removeAttribute("src");
    player.hidden = drop.hidden = !file;
    if (words) words.required = !file;
    start.textContent = file ? box.dataset.again : box.dataset.start;
    line.textContent = said;
  };
  const put = async (sound) => {
    const { file, seconds } = await plain(sound);
    const given = new DataTransfer();
    given.items.add(file);
    field.files = given.files;
    show(pad(box.dataset.kept, seconds));
  };
  const work = (doing, end = () => {}) => {
    const done = doing.finally(() => busy.get(form) === wait && busy.delete(form));
    const wait = () => (end(), done);
    busy.set(form, wait);
  };
  if (words) words.required = !field.files[0];
  field.addEventListener("change", () => field.files[0] && work(put(field.files[0]).catch(() => show()))); // what cannot be read here the server looks at
  drop.addEventListener("click", () => {
    field.value = "";
    show();
    start.focus();
  });
  if (!isSecureContext || !navigator.mediaDevices || !window.MediaRecorder) return;
  field.hidden = true;
  start.parentNode.hidden = false;
  line.textContent = "";
  start.addEventListener("click", async () => {
    if (stop) return void stop();
    try {
      const recording = await record((seconds) => (start.textContent = `${box.dataset.stop} · ${pad(box.dataset.second, seconds)}`));
      stop = recording.stop;
      work(recording.sound.then(put).catch(() => show(box.dataset.broken)).finally(() => (stop = null)), stop);
    } catch {
      show(box.dataset.denied);
    }
  });
}

/** Records until it is stopped, at most a minute; tells how long it has lasted. */
async function record(tell) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, noiseSuppression: true } });
  const recorder = new MediaRecorder(stream);
  const parts = [];
  const began = Date.now();
  const stop = () => recorder.state === "inactive" || recorder.stop();
  const clock = setInterval(() => {
    const seconds = Math.round((Date.now() - began) / 1000);
    tell(seconds);
    if (seconds >= MOST) stop();
  }, 500);
  recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
  const sound = new Promise((done) => {
    recorder.addEventListener("stop", () => {
      clearInterval(clock);
      for (const track of stream.getTracks()) track.stop();
      done(new Blob(parts, { type: recorder.mimeType }));
    }, { once: true });
  });
  recorder.start();
  tell(0);
  return { sound, stop };
}

async function plain(sound) {
  const heard = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await sound.arrayBuffer());
  const view = new DataView(new ArrayBuffer(44 + heard.length * 2));
  const text = (at, words) => [...words].forEach((sign, n) => view.setUint8(at + n, sign.charCodeAt(0)));
  const numbers = [[4, 36 + heard.length * 2], [16, 16], [24, RATE], [28, RATE * 2], [40, heard.length * 2]];
  for (const [at, words] of [[0, "RIFF"], [8, "WAVEfmt "], [36, "data"]]) text(at, words);
  for (const [at, number] of numbers) view.setUint32(at, number, true);
  for (const [at, number] of [[20, 1], [22, 1], [32, 2], [34, 16]]) view.setUint16(at, number, true);
  const sides = Array.from({ length: heard.numberOfChannels }, (_none, n) => heard.getChannelData(n));
  for (let n = 0; n < heard.length; n++) {
    const loud = sides.reduce((sum, side) => sum + side[n], 0) / sides.length;
    view.setInt16(44 + n * 2, Math.max(-1, Math.min(1, loud)) * 32767, true);
  }
  return { file: new File([view], "voice.wav", { type: "audio/wav" }), seconds: Math.max(1, Math.round(heard.duration)) };
}
