/* Help: its button or songboard:help opens the dialog; the browser keeps the focus in it, and Escape closes it. */
(function () {
  const guide = () => document.getElementById("guide");
  const open = () => guide().open || guide().showModal();

  document.addEventListener("songboard:help", open);
  document.addEventListener("click", (event) => {
    if (event.target.closest("#guide-open")) open();
    else if (event.target === guide() || event.target.closest("#guide-close")) guide().close(); // itself: the backdrop
  });
})();
