// A page that somebody comes back to is asked for anew: browsers keep pages as they were, and who
// comes back may have signed out.
addEventListener("pagehide", (event) => {
  if (event.persisted) document.documentElement.hidden = true;
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
