import {parseFlags} from '../flags.ts';
import type {OnbuildInstruction, StageInstruction} from '../instruction.ts';
import {isMistake, type Mistake, mistake} from '../mistake.ts';
import type {Node, Statement} from '../node.ts';
import {quote} from '../quote.ts';
import {baseOf, noArgument} from './base.ts';

/**
 * ONBUILD. Only FROM, MAINTAINER and ONBUILD are refused as triggers; what else is wrong with one, BuildKit finds when
 * it is run (instructions/parse.go parseOnBuild). `understand` makes an instruction of the trigger.
 */
export function parseOnbuild(
	node: Node,
	understand: (node: Node) => StageInstruction | undefined,
): OnbuildInstruction | Mistake {
	const {flags: spans, trigger} = node.statement;
	if (trigger === undefined) {
		return noArgument(node);
	}

	const flags = parseFlags('ONBUILD', spans, {});
	if (isMistake(flags)) {
		return flags;
	}

	switch (trigger.name) {
		case 'onbuild':
			return mistake(trigger.keyword, 'ONBUILD cannot trigger another ONBUILD');
		case 'maintainer':
		case 'from':
			return mistake(trigger.keyword, `${quote(trigger.keyword.text)} is not allowed as an ONBUILD trigger`);
		default: {
			const instruction = understand(triggerNode(node, trigger));
			const common = {kind: 'onbuild', ...baseOf(node), expression: expressionOf(node)} as const;
			return instruction === undefined ? common : {...common, trigger: instruction};
		}
	}
}

function triggerNode(node: Node, trigger: Statement): Node {
	const end = Math.max(trigger.keyword.end, trigger.rest.end);
	return {...node, statement: trigger, original: node.line.text.slice(trigger.keyword.start, end), comments: []};
}

/** The trigger as it is stored in the image's configuration, heredocs and all. */
function expressionOf({original, heredocs}: Node): string {
	const text = original.replace(/^[\t\n\f\r ]*ONBUILD[\t\n\f\r ]*/i, '');
	return [text, ...heredocs.map(({content, name}) => `${content}${name}`)].join('\n');
}
