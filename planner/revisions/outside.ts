import {createHash} from 'node:crypto';
import {type BaseImage, type Platform, sha256} from '../../analyzer/index.ts';
import type {LookUpImage} from '../images/image-lookup.ts';
import type {Outside} from '../planner.ts';
import type {ReadRemote} from '../remotes/read-remote.ts';

/**
 * What lies outside of the project as two revisions of it see it: one moment, so that it is the same for both. What
 * cannot be known, or is not asked for, gets a stand-in of its name: keys that are made of it are no real ones, yet equal
 * where they would be. `onAssumed` hears of images that are stood in for.
 */
export function sameOutside(
	lookUp: LookUpImage,
	readRemote: ReadRemote | undefined,
	onAssumed: (reference: string, reason: string) => void,
): Outside {
	return {
		async resolveImage(request) {
			const result = await lookUp(request);
			if (result.kind === 'resolved') {
				return result;
			}

			onAssumed(request.reference, result.reason);
			return {kind: 'resolved', image: standIn(request.reference, request.platform), origin: 'registry'};
		},
		async readRemote(vertex) {
			const result = await readRemote?.(vertex);
			if (result !== undefined && result.kind !== 'unresolved') {
				return result;
			}

			if (vertex.kind === 'http') {
				const digest = sha256(vertex.url);
				return {kind: 'file', digest, content: digest};
			}

			const ref = vertex.ref === '' ? 'HEAD' : vertex.ref;
			const id = createHash('sha1').update(`${vertex.remote}\n${ref}`).digest('hex');
			return {kind: 'refs', ref, lines: [{id, name: `refs/heads/${ref}`}]};
		},
	};
}

function standIn(reference: string, platform: Platform): BaseImage {
	return {
		digest: sha256(`image ${reference}`),
		diffIds: [sha256(`layer ${reference}`)],
		platform,
		config: {env: [], workingDir: '', user: '', onBuild: []},
	};
}
