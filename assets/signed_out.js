/* Where a password is asked for, it is asked for again after a long time: then the page gives way to that question. */
(function () {
  const plain = window.fetch;
  window.fetch = async function (...asked) {
    const answer = await plain.apply(this, asked);
    if (answer.status === 401) location.reload();
    return answer;
  };
})();
