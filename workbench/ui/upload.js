// The one upload control: tus in chunks, resumable, told to the page until the page has answered.
// State stands in window.__wbUpload, by purpose, because this function runs again at every rerun and unmounts with the page,
// while the upload goes on.
const RETRIES = [0, 500, 1000, 3000, 5000, 10000];
const NEVER_RETRIED = [400, 401, 403, 404, 413, 415, 422];
const REPEAT = 2000;

function script(source) {
  const loaded = (window.__wbScripts ??= {});
  return (loaded[source] ??= new Promise((done, failed) => {
    const element = document.createElement("script");
    element.src = source;
    element.onload = done;
    element.onerror = () => {
      delete loaded[source];
      failed(new Error(source));
    };
    document.head.append(element);
  }));
}

function fill(sentence, values) {
  return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), sentence);
}

function megabytes(bytes) {
  return (bytes / 1e6).toLocaleString(undefined, { maximumFractionDigits: bytes < 1e7 ? 1 : 0 });
}

function show(control) {
  const { view, now } = control;
  if (!view || !now) return;
  view.state.hidden = false;
  view.bar.hidden = !now.isRunning;
  view.bar.value = now.at;
  view.note.textContent = now.text;
  button(view.again, now.again);
  button(view.cancel, now.cancel);
  if (now.done && control.ack !== now.done.id && !control.timer) {
    // A value set while the socket is away is lost: it is said again, with a counter, until the page has answered.
    let n = 0;
    const tell = () => {
      if (control.ack === now.done.id || control.now !== now) {
        clearInterval(control.timer);
        control.timer = null;
      } else if (control.view) {
        control.view.set("uploaded", { ...now.done, n: n++ });
      }
    };
    control.timer = setInterval(tell, REPEAT);
    tell();
  }
}

function button(element, action) {
  element.hidden = !action;
  if (!action) return;
  element.textContent = action.text;
  element.onclick = action.act;
}

function reason(error, words) {
  const answer = error.originalResponse;
  const status = answer ? answer.getStatus() : 0;
  let detail = "";
  try {
    detail = JSON.parse(answer.getBody()).detail || "";
  } catch {
    // no problem+json: a proxy's page, or no answer at all
  }
  if (status === 401 || (status === 403 && !detail)) return words.signed_out;
  if (detail) return detail;
  return status === 413 ? words.too_large : words.failed;
}

async function start(control, file) {
  const { words, limit, chunk } = control.data;
  const tell = (now) => {
    control.now = now;
    show(control);
  };
  const names = { name: file.name, size: megabytes(file.size), limit: megabytes(limit) };
  if (control.upload) await control.upload.abort().catch(() => {});
  if (!file.size) return tell({ at: 0, text: fill(words.empty, names) });
  if (file.size > limit) return tell({ at: 0, text: fill(words.too_large, names) });
  try {
    await script("/assets/tus.min.js");
  } catch {
    return tell({ at: 0, text: words.failed, again: { text: words.again, act: () => start(control, file) } });
  }
  const upload = new tus.Upload(file, {
    endpoint: "/api/v1/uploads",
    chunkSize: chunk,
    retryDelays: RETRIES,
    removeFingerprintOnSuccess: true,
    metadata: { filename: file.name, filetype: file.type },
    // With this header Access answers 401 when the sign-in has ended, and not a redirect that a script cannot read.
    onBeforeRequest: (request) => request.setHeader("X-Requested-With", "XMLHttpRequest"),
    onShouldRetry: (error) => !NEVER_RETRIED.includes(error.originalResponse ? error.originalResponse.getStatus() : 0),
    onError: (error) =>
      tell({ at: 0, text: fill(reason(error, words), names), again: { text: words.again, act: () => upload.start() } }),
    onProgress: (sent, all) =>
      tell({
        at: sent / all,
        isRunning: true,
        text: fill(words.progress, { ...names, sent: megabytes(sent), percent: Math.floor((100 * sent) / all) }),
        cancel: {
          text: words.cancel,
          act: () => upload.abort(true).catch(() => {}).then(() => tell({ at: 0, text: fill(words.cancelled, names) })),
        },
      }),
    onSuccess: () =>
      tell({
        at: 1,
        text: fill(words.done, names),
        done: { id: upload.url.split("/").pop(), name: file.name, size: file.size },
      }),
  });
  control.upload = upload;
  const before = await upload.findPreviousUploads();
  if (before.length) upload.resumeFromPreviousUpload(before[0]);
  upload.start();
}

export default function ({ parentElement, setStateValue, data }) {
  const control = ((window.__wbUpload ??= {})[data.purpose] ??= {});
  const find = (what) => parentElement.querySelector(what);
  const drop = find(".drop");
  const input = find("input");
  // After the sign-in has ended the script could no longer be fetched.
  script("/assets/tus.min.js").catch(() => {});

  find(".label").textContent = data.words.label;
  find(".hint").textContent = data.words.hint;
  find("progress").setAttribute("aria-label", data.words.label);
  const view = { state: find(".state"), bar: find("progress"), note: find("output"), again: find(".again"), cancel: find(".cancel"), set: setStateValue };
  Object.assign(control, { data, ack: data.ack, view });
  show(control);

  input.onchange = () => {
    const file = input.files[0];
    input.value = ""; // so that the same file can be picked again
    if (file) start(control, file);
  };
  drop.ondragover = (event) => {
    event.preventDefault();
    drop.classList.add("over");
  };
  drop.ondragleave = () => drop.classList.remove("over");
  drop.ondrop = (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (event.dataTransfer.files[0]) start(control, event.dataTransfer.files[0]);
  };
  return () => {
    if (control.view === view) control.view = null;
  };
}
