import type {Stage} from '../graph/stage.ts';

/**
 * The last FROM of the file that can name another stage for other build arguments or another platform: it has a variable,
 * and nothing around it that no stage's name holds (`FROM $BASE`, `FROM build-${TARGETARCH}`).
 */
export function lastChoice(stages: readonly Stage[]): Stage | undefined {
	return stages.findLast(({source}) => {
		const {text} = source.from.image;
		return text.includes('$') && !/[/:@]/.test(text.replaceAll(/\$\{[^}]*\}|\$\w+/g, ''));
	});
}
