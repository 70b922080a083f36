import {register} from 'node:module';

// The package imports its schema as JSON without saying so, as bundlers take it; Node does not.
const asModule = `
import {readFile} from 'node:fs/promises';
export async function load(url, context, next) {
	return url.endsWith('.min.json')
		? {format: 'module', shortCircuit: true, source: 'export default ' + (await readFile(new URL(url), 'utf8'))}
		: next(url, context);
}`;

/** What GitHub's own parser finds wrong with a workflow, by the schema it ships. */
export async function workflowErrors(content: string): Promise<readonly string[]> {
	register(`data:text/javascript,${encodeURIComponent(asModule)}`);
	const {NoOperationTraceWriter, parseWorkflow} = await import('@actions/workflow-parser');
	const result = parseWorkflow({name: 'docker.yml', content}, new NoOperationTraceWriter());
	return result.context.errors.getErrors().map(error => error.message);
}
