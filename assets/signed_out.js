/* Where a password is asked for, there is a button to sign out; and it is asked for again after a long time: then the
   page gives way to that question. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const plain = window.fetch;
  window.fetch = async function (...asked) {
    const answer = await plain.apply(this, asked);
    if (answer.status === 401) location.reload();
    return answer;
  };

  async function signOut() {
    const answer = await plain("/logout", {method: "POST", redirect: "manual"}).catch(() => null);
    if (answer) location.assign("/login");
    else songboard.notice("trouble", "Songboard does not answer, so you are still signed in. Is it still running?");
  }

  document.addEventListener("click", (event) => event.target.closest?.("#sign-out") && signOut());
})();
