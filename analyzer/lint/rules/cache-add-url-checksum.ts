import {newestDialect} from '../../keys/dialect.ts';
import {parseRemoteSource} from '../../keys/remote-source.ts';
import type {FileRule} from '../rule.ts';

/** What a URL answers is known only when it is asked, so the step has no key before the build and any content after it. */
export const cacheAddUrlChecksum: FileRule = {
	kind: 'file',
	name: 'cache/add-url-checksum',
	severity: 'warning',
	summary: 'ADD of a URL should name the checksum of what it expects',
	*check({dockerfile}) {
		for (const instruction of dockerfile.stages.flatMap(({instructions}) => instructions)) {
			if (instruction.kind !== 'add' || instruction.checksum !== undefined) {
				continue;
			}

			for (const {text, range} of instruction.sources) {
				if (parseRemoteSource(text, newestDialect).kind === 'http') {
					yield {
						message: 'nothing says what this URL should hold, so the step has a key only once it was asked',
						range,
						hint: 'write ADD --checksum=sha256:… with the digest of the file',
					};
				}
			}
		}
	},
};
