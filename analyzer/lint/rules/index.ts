import type {Rule} from '../rule.ts';
import {cacheAddUrlChecksum} from './cache-add-url-checksum.ts';
import {cacheContextNoise} from './cache-context-noise.ts';
import {cacheCopyBeforeInstall} from './cache-copy-before-install.ts';
import {cacheDuplicateSteps} from './cache-duplicate-steps.ts';
import {cacheFetchUnpinned} from './cache-fetch-unpinned.ts';
import {cacheGitRefUnpinned} from './cache-git-ref-unpinned.ts';
import {cacheLinkIgnored} from './cache-link-ignored.ts';
import {cachePackageCache} from './cache-package-cache.ts';
import {cacheSecretStale} from './cache-secret-stale.ts';
import {cacheSourceDateEpoch} from './cache-source-date-epoch.ts';
import {cacheUpdateAlone} from './cache-update-alone.ts';
import {cacheVolatileBeforeRun} from './cache-volatile-before-run.ts';
import {duplicateStageName} from './duplicate-stage-name.ts';
import {graphUndefinedStage} from './graph-undefined-stage.ts';
import {graphUnreachableStage} from './graph-unreachable-stage.ts';
import {noEmptyContinuation} from './no-empty-continuation.ts';
import {pinLatestTag} from './pin-latest-tag.ts';
import {pinNoDigest} from './pin-no-digest.ts';
import {pinNoTag} from './pin-no-tag.ts';

/** All rules, listed by hand. */
export const rules: readonly Rule[] = [
	cacheAddUrlChecksum,
	cacheContextNoise,
	cacheCopyBeforeInstall,
	cacheDuplicateSteps,
	cacheFetchUnpinned,
	cacheGitRefUnpinned,
	cacheLinkIgnored,
	cachePackageCache,
	cacheSecretStale,
	cacheSourceDateEpoch,
	cacheUpdateAlone,
	cacheVolatileBeforeRun,
	duplicateStageName,
	graphUndefinedStage,
	graphUnreachableStage,
	noEmptyContinuation,
	pinLatestTag,
	pinNoDigest,
	pinNoTag,
];
