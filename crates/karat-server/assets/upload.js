// Brings a large file in parts, so that it goes on where it was when the connection broke or the page
// was closed: tus 1.0. Smaller ones go as the form sends them.
const large = 16e6, part = 8e6, tries = 8;
const form = document.querySelector("form.drop");
const said = form.querySelector("[role=status]");
const bar = form.querySelector("progress");

form.addEventListener("submit", (event) => {
  const file = form.elements.file.files[0];
  if (!file || file.size < large) return;
  event.preventDefault();
  form.querySelector("button").disabled = true;
  bar.hidden = false;
  bring(file).catch((error) => {
    said.textContent = `${error.message} Choose the same file again to go on.`;
    form.querySelector("button").disabled = false;
  });
});

async function bring(file) {
  // The same file, as far as can be told without reading it.
  const known = `upload ${file.name} ${file.size} ${file.lastModified}`;
  let place = localStorage.getItem(known), come = place && (await stands(place));
  if (come == null) {
    place = await begun(file);
    come = 0;
    localStorage.setItem(known, place);
  }
  for (let failed = 0; ; ) {
    said.textContent = `${Math.floor((100 * come) / file.size)} % of ${file.name}`;
    bar.value = come / file.size;
    try {
      const answer = await fetch(place, {
        method: "PATCH",
        headers: { "tus-resumable": "1.0.0", "upload-offset": come, "content-type": "application/offset+octet-stream" },
        body: file.slice(come, come + part),
      });
      if (answer.status === 204) {
        failed = 0;
        come = Number(answer.headers.get("upload-offset"));
        const upload = answer.headers.get("content-location");
        if (upload) {
          localStorage.removeItem(known);
          location.href = upload.replace("/api/v1", "");
          return;
        }
        continue;
      }
      if (answer.status !== 409 && answer.status < 500) throw await refused(answer);
    } catch (error) {
      // What was refused stays refused; without a connection it is tried again.
      if (!(error instanceof TypeError)) throw error;
    }
    failed += 1;
    if (failed > tries) throw new Error("The connection does not come back.");
    said.textContent = `${file.name} stopped; it goes on by itself`;
    await new Promise((go) => setTimeout(go, Math.min(500 * 2 ** failed, 15000)));
    come = (await stands(place).catch(() => come)) ?? come;
  }
}

async function begun(file) {
  const name = btoa(String.fromCharCode(...new TextEncoder().encode(file.name)));
  const answer = await fetch("/api/v1/uploads/partial", {
    method: "POST",
    headers: { "tus-resumable": "1.0.0", "upload-length": file.size, "upload-metadata": `filename ${name}` },
  });
  if (answer.status !== 201) throw await refused(answer);
  return answer.headers.get("location");
}

// How much has come; nothing where it is not known there any more.
async function stands(place) {
  const answer = await fetch(place, { method: "HEAD", headers: { "tus-resumable": "1.0.0" } });
  return answer.ok ? Number(answer.headers.get("upload-offset")) : null;
}

async function refused(answer) {
  const problem = await answer.json().catch(() => ({}));
  return new Error(`${problem.detail ?? answer.statusText}.`);
}
