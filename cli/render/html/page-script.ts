/**
 * What the page does beyond what a browser does by itself: arrows go from step to step, Home and End to the first and the
 * last, a stage that is chosen in the drawing gets the focus, and everything is open on paper.
 */
export const pageScript = `
'use strict';
const steps = [...document.querySelectorAll('details.step > summary')];
document.addEventListener('keydown', event => {
	const at = steps.indexOf(document.activeElement);
	if (at === -1 || event.altKey || event.ctrlKey || event.metaKey) return;
	const goals = {ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: steps.length - 1};
	if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
		steps[at].parentElement.open = event.key === 'ArrowRight';
	} else if (Object.hasOwn(goals, event.key)) {
		steps[Math.min(Math.max(goals[event.key], 0), steps.length - 1)].focus();
	} else return;
	event.preventDefault();
});
for (const link of document.querySelectorAll('svg.graph a')) {
	link.addEventListener('click', () => {
		const stage = document.getElementById(link.getAttribute('href').slice(1));
		setTimeout(() => (stage.querySelector('details.miss > summary, details.unknown > summary, details.follows > summary') || stage).focus());
	});
}
let closed = [];
addEventListener('beforeprint', () => {
	closed = steps.map(({parentElement}) => parentElement).filter(({open}) => !open);
	for (const step of closed) step.open = true;
});
addEventListener('afterprint', () => {
	for (const step of closed) step.open = false;
});
`;
