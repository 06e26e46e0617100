// Keeps the live part of a page as it is on the server, until what it is about has ended.
const wait = 1000;
const here = document.querySelector("[data-live]");
async function look() {
  try {
    const answer = await fetch(here.dataset.live || location.href, { headers: { accept: "text/html" } });
    if (answer.redirected) return location.reload();
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const there = page.querySelector("[data-live]");
      if (there === null || "over" in there.dataset) return location.reload();
      if (here.innerHTML !== there.innerHTML) here.innerHTML = there.innerHTML;
    }
  } catch {
    // The server is away; it is asked again.
  }
  setTimeout(look, wait);
}
setTimeout(look, wait);
