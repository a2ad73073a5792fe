// Lets buttons copy the field that they name. Without it the field is selected and copied by hand.
for (const button of document.querySelectorAll("[data-copy]")) {
	if (!navigator.clipboard) break;
	button.hidden = false;
	button.addEventListener("click", async () => {
		await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
		const was = button.textContent;
		button.textContent = "Copied";
		setTimeout(() => { button.textContent = was; }, 1500);
	});
}
