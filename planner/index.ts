export {
	type BuildOptions,
	type Diagnostic,
	dialectOf,
	dialects,
	type ExecOptions,
	type Frontend,
	formatPlatform,
	groupOf,
	type LevelSetting,
	type LintPolicy,
	lastReleaseOf,
	lintRules,
	type Origin,
	type Platform,
	pageOf,
	parsePlatform,
	type Range,
	type Rule,
	type RuleLevel,
	ruleLevels,
	type Severity,
	type SourceFile,
	type Stage,
	type StageGraph,
	type Step,
	unknownRules,
} from '../analyzer/index.ts';
export type {Actual} from './actual.ts';
export {type AgeLimit, parseAgeFlag} from './age/max-age.ts';
export type {Agreement, Verdict} from './agreement.ts';
export {type BuildReport, runBuild} from './build.ts';
export {type BuildCommand, buildCommands} from './build-commands.ts';
export {type BuildTargets, planTargets} from './build-targets.ts';
export type {BuildProgress, BuildTarget, BuildWish} from './build-wish.ts';
export type {BuiltStep} from './built-steps.ts';
export type * from './caches/cache-config.ts';
export {type CacheFlag, describeCacheSpec, formatCacheSpec, parseCacheFlag} from './caches/cache-flag.ts';
export type * from './caches/cache-source.ts';
export {type Cause, describeCause} from './cause.ts';
export {slug} from './ci/key-names.ts';
export {type KeyOfCache, type KeyResult, type KeyWish, keyOfCache} from './ci/key-of-cache.ts';
export {findConfig} from './config/find-config.ts';
export {
	extendConfig,
	type FailLevel,
	failLevels,
	type LintConfig,
	noConfig,
	pinPolicies,
} from './config/lint-config.ts';
export {type ConfigLoading, loadConfig} from './config/load-config.ts';
export {type ContextFlag, type ContextSpec, parseContextFlag} from './context-flag.ts';
export {type BuildCost, buildCost} from './cost/build-cost.ts';
export {type Estimate, estimateOf} from './cost/estimate.ts';
export type {PlanCost, RunCost} from './cost/plan-cost.ts';
export {findDockerfiles} from './discovery/find-dockerfiles.ts';
export {engineDialect} from './engine-dialect.ts';
export type * from './engines/engine.ts';
export {findEngine} from './engines/find-engine.ts';
export {loadAttributes} from './extended-attributes.ts';
export type {StepForecast} from './forecast.ts';
export type {Outcome} from './found.ts';
export type {RegistryClient} from './images/registry-client.ts';
export type {RegistryKeeper} from './images/registry-keeper.ts';
export {parseMirrorFlag} from './images/registry-routes.ts';
export type {RegistryWriter} from './images/registry-writer.ts';
export {storeFolder} from './images/store-folder.ts';
export {type Leaf, stageLabel} from './leaf-caches.ts';
export type {Ledger} from './ledger/ledger.ts';
export {readLedger} from './ledger/read-ledger.ts';
export {writeLedgers} from './ledger/write-ledgers.ts';
export {rerunCosts} from './lint-cost.ts';
export {type LintedFile, type LintFilesResult, lintFiles, readSources, type UncheckedImage} from './lint-files.ts';
export type {PlanResult} from './make-plan.ts';
export {openPlanners} from './open-planners.ts';
export {openRegistry, type RegistryWish} from './open-registry.ts';
export {openStageGraph} from './open-stage-graph.ts';
export {lookUpFacts} from './pins/look-up-facts.ts';
export {type PinChange, type PinnedFile, type PinWish, pinImages} from './pins/pin-images.ts';
export {writePinned} from './pins/write-text.ts';
export {
	type DialectChoice,
	type PinState,
	type Plan,
	type PlannedImage,
	type PlannedStage,
	type PlanSummary,
	pullOf,
	type UnusedContext,
} from './plan.ts';
export {openPlanner, type Planner, type PlannerResult, type PlanRequest} from './planner.ts';
export {describeDifference, describeDifferences} from './preimages/describe-differences.ts';
export {differencesOf} from './preimages/differences-of.ts';
export {matchSteps} from './preimages/match-steps.ts';
export {preimagesOf} from './preimages/preimages-of.ts';
export type {FileChange, StepDifference} from './preimages/step-difference.ts';
export type {StepPreimage} from './preimages/step-preimage.ts';
export {
	buildAnew,
	isKnown,
	lookUpPublication,
	namesToPush,
	type Publication,
	tagKnown,
	tagPushed,
} from './publish/publication.ts';
export type {Published, PublishedTag, TagState} from './publish/publish-known.ts';
export {type StepToRun, stepsToRun, unbuiltReport, writesWhatItRead} from './publish/unbuilt-report.ts';
export {type WantedTag, wantedTags} from './publish/wanted-tags.ts';
export {createReadRemote, type ReadRemote} from './remotes/read-remote.ts';
export {downloadCache} from './repository/download.ts';
export {pruneRemote, type RemotePruning} from './repository/prune-remote.ts';
export {uploadArchive} from './repository/upload.ts';
export type {ChangedStep} from './revisions/changed-steps.ts';
export {describeChange} from './revisions/describe-change.ts';
export {planSince, type SincePlan, type SinceReport, type SinceResult} from './revisions/plan-since.ts';
export {selectSteps} from './revisions/select-steps.ts';
export {maskedEngine} from './secrets/masked-engine.ts';
export {parseSecretFlag, type SecretFlag, type SecretSpec} from './secrets/secret-flag.ts';
export {readSecrets, type SecretValues} from './secrets/secret-values.ts';
export {settledTargets} from './settled-targets.ts';
export {joinStages} from './stages/join-images.ts';
export {type StepNames, stepNames} from './step-names.ts';
export {stepText} from './step-text.ts';
export {type CachePlace, findStore, listCaches, verifyCaches} from './store/find-store.ts';
export {type Keep, parseKeep, parseSize} from './store/keep.ts';
export type * from './store/list.ts';
export {loadArchive} from './store/load-archive.ts';
export type {CacheChange} from './store/local-caches.ts';
export {markUsed, usesOf} from './store/mark-used.ts';
export {type Pruning, pruneStore} from './store/prune.ts';
export {type SavedArchive, saveArchive} from './store/save-archive.ts';
export {type StoreChange, StoreProblem} from './store/take-over.ts';
export type * from './store/verify.ts';
export {type FileStory, fileStory, type IgnoredBy} from './why/file-story.ts';
export {findSteps} from './why/find-steps.ts';
export {type KeyPart, type KeyPartInput, keyParts} from './why/key-parts.ts';
export {type ContextRead, firstCauses, type StepStory, storyTeller} from './why/step-story.ts';
export type {Problem, Workspace} from './workspace.ts';
