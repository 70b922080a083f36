import {formatPlatform} from '../../graph/platform.ts';
import {baseImageKey} from '../../keys/images.ts';
import type {GraphRule} from '../rule.ts';
import {checkedStages} from '../stage-walk.ts';

/**
 * An image that is no index is taken whatever its platform. Images that were not looked up are passed over, and those
 * without layers, which BuildKit takes for scratch (dockerfile2llb/validations.go validateBaseImagePlatform).
 */
export const invalidBaseImagePlatform: GraphRule = {
	kind: 'graph',
	name: 'InvalidBaseImagePlatform',
	severity: 'warning',
	summary: 'A base image should be for the platform of its stage',
	dependsOn: 'images',
	wholeFile: true,
	*check(input) {
		const {graph, images} = input;
		for (const stage of checkedStages(input)) {
			const {base, source} = stage;
			const key = baseImageKey(stage, graph);
			const result = key === undefined ? undefined : images?.get(key);
			if (base.kind !== 'image' || base.context !== undefined || result?.kind !== 'resolved') {
				continue;
			}

			const wanted = stage.platform ?? graph.targetPlatform;
			const {diffIds, platform} = result.image;
			if (diffIds.length > 0 && (platform.os !== wanted.os || platform.architecture !== wanted.architecture)) {
				const found = formatPlatform(platform);
				yield {
					message: `image "${base.reference}" is for ${found}, and the stage is built for ${formatPlatform(wanted)}`,
					range: source.from.image.range,
					hint: `name an image for ${formatPlatform(wanted)}, or say that this one is wanted: FROM --platform=${found}`,
				};
			}
		}
	},
};
