// Keeps the live part of a page as it is on the server, until what it is about has ended.
const wait = 1000;
async function look() {
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!page.querySelector("script[src*='live.js']")) return location.reload();
      const [here, there] = [document, page].map((of) => of.querySelector("[data-live]"));
      if (here && there && here.innerHTML !== there.innerHTML) here.innerHTML = there.innerHTML;
    }
  } catch {
    // The server is away; it is asked again.
  }
  setTimeout(look, wait);
}
setTimeout(look, wait);
