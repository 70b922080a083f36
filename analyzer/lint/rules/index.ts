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
import {consistentInstructionCasing} from './consistent-instruction-casing.ts';
import {copyIgnoredFile} from './copy-ignored-file.ts';
import {duplicateStageName} from './duplicate-stage-name.ts';
import {exposeInvalidFormat} from './expose-invalid-format.ts';
import {exposeProtoCasing} from './expose-proto-casing.ts';
import {fromAsCasing} from './from-as-casing.ts';
import {fromPlatformFlagConstDisallowed} from './from-platform-flag-const-disallowed.ts';
import {graphUndefinedStage} from './graph-undefined-stage.ts';
import {graphUnreachableStage} from './graph-unreachable-stage.ts';
import {graphUnusedArg} from './graph-unused-arg.ts';
import {invalidBaseImagePlatform} from './invalid-base-image-platform.ts';
import {invalidDefaultArgInFrom} from './invalid-default-arg-in-from.ts';
import {invalidDefinitionDescription} from './invalid-definition-description.ts';
import {jsonArgsRecommended} from './json-args-recommended.ts';
import {legacyKeyValueFormat} from './legacy-key-value-format.ts';
import {maintainerDeprecated} from './maintainer-deprecated.ts';
import {multipleInstructionsDisallowed} from './multiple-instructions-disallowed.ts';
import {noEmptyContinuation} from './no-empty-continuation.ts';
import {pinExpiredWaiver} from './pin-expired-waiver.ts';
import {pinLatestTag} from './pin-latest-tag.ts';
import {pinNoDigest} from './pin-no-digest.ts';
import {pinNoTag} from './pin-no-tag.ts';
import {pinNotServed} from './pin-not-served.ts';
import {pinOutdatedDigest} from './pin-outdated-digest.ts';
import {pinPartialVersion} from './pin-partial-version.ts';
import {pinPlatformMissing} from './pin-platform-missing.ts';
import {pinSinglePlatformDigest} from './pin-single-platform-digest.ts';
import {redundantTargetPlatform} from './redundant-target-platform.ts';
import {reservedStageName} from './reserved-stage-name.ts';
import {secretsUsedInArgOrEnv} from './secrets-used-in-arg-or-env.ts';
import {stageNameCasing} from './stage-name-casing.ts';
import {undefinedArgInFrom} from './undefined-arg-in-from.ts';
import {undefinedVar} from './undefined-var.ts';
import {waiverNoReason} from './waiver-no-reason.ts';
import {waiverUnknownRule} from './waiver-unknown-rule.ts';
import {waiverUnused} from './waiver-unused.ts';
import {workdirRelativePath} from './workdir-relative-path.ts';

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
	consistentInstructionCasing,
	copyIgnoredFile,
	duplicateStageName,
	exposeInvalidFormat,
	exposeProtoCasing,
	fromAsCasing,
	fromPlatformFlagConstDisallowed,
	graphUndefinedStage,
	graphUnreachableStage,
	graphUnusedArg,
	invalidBaseImagePlatform,
	invalidDefaultArgInFrom,
	invalidDefinitionDescription,
	jsonArgsRecommended,
	legacyKeyValueFormat,
	maintainerDeprecated,
	multipleInstructionsDisallowed,
	noEmptyContinuation,
	pinExpiredWaiver,
	pinLatestTag,
	pinNoDigest,
	pinNoTag,
	pinPartialVersion,
	pinNotServed,
	pinOutdatedDigest,
	pinPlatformMissing,
	pinSinglePlatformDigest,
	redundantTargetPlatform,
	reservedStageName,
	secretsUsedInArgOrEnv,
	stageNameCasing,
	undefinedArgInFrom,
	undefinedVar,
	waiverNoReason,
	waiverUnknownRule,
	waiverUnused,
	workdirRelativePath,
];
