// Puts what the server says of a pull in place of what the page says, as it comes. Without it the page reloads itself.
(() => {
	const box = document.getElementById("progress");
	if (!box || !window.EventSource) return;
	const source = new EventSource(box.dataset.events);
	source.addEventListener("progress", (e) => { box.innerHTML = e.data; });
	source.addEventListener("over", () => source.close());
	addEventListener("pagehide", () => source.close());
})();
