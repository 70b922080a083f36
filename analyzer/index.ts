export {bytesRead} from './context/bytes-read.ts';
export {type ContentDigest, type ContentDigester, contentDigester} from './context/content-digest.ts';
export {ContextFailure, type ContextProblem} from './context/context-problem.ts';
export {type AttributesOf, type ContextSource, diskSource} from './context/context-source.ts';
export {type ContextTree, openContext} from './context/context-tree.ts';
export {compilePatterns, type IgnoreMatcher, parseIgnoreFile} from './context/dockerignore.ts';
export {entriesRead} from './context/entries-read.ts';
export {type EntryDigests, entryDigests, tarsumHeader} from './context/entry-digest.ts';
export type {FileDigests, FileStamp} from './context/file-digests.ts';
export {hashFiles, isMuch} from './context/hash-files.ts';
export {hasPatterns, pathSelector, type Selector} from './context/selector.ts';
export {umaskTrees} from './context/umask-trees.ts';
export {unsentPaths} from './context/unsent-paths.ts';
export {type CsvResult, parseCsv} from './dockerfile/csv.ts';
export type {Diagnostic, DiagnosticNote, Severity} from './dockerfile/diagnostic.ts';
export type * from './dockerfile/instruction.ts';
export {parseDockerfile} from './dockerfile/parse.ts';
export {parseOnce} from './dockerfile/parse-once.ts';
export type {Position, Range, SourceFile, Word} from './dockerfile/source.ts';
export {decodeSource, encodeSource} from './dockerfile/source-bytes.ts';
export {didYouMean} from './dockerfile/suggest.ts';
export {applyLayer, type LayerEntry} from './files/apply-layer.ts';
export {type FileContent, type FileEntry, type FileTree, OpenContent} from './files/file-tree.ts';
export {type FileNode, plainFolder} from './files/snapshot.ts';
export {type FileSources, vertexFiles} from './files/vertex-files.ts';
export type {BaseImage, BaseImageConfig, BaseImageResult} from './graph/base-image.ts';
export {contextName, type NamedContext, type NamedContexts} from './graph/named-context.ts';
export type {Origin} from './graph/origin.ts';
export {formatPlatform, normalizePlatform, type Platform, parsePlatform} from './graph/platform.ts';
export {
	familiarReference,
	formatReference,
	type ImageReference,
	parseReference,
	type ReferenceResult,
	withDefaultTag,
} from './graph/reference.ts';
export {resolveStages, type StageGraphResult} from './graph/resolve-stages.ts';
export type {BuildOptions, ImageTriggers, Stage, StageDependency, StageGraph} from './graph/stage.ts';
export {unusedContexts} from './graph/unused-contexts.ts';
export {
	type CacheMap,
	type CacheMapResult,
	contentRecordDigest,
	type KeyInput,
	recordDigest,
} from './keys/cache-map.ts';
export {cacheMapOf} from './keys/cache-map-of.ts';
export {type Dialect, dialectOf, dialects, lastReleaseOf, newestDialect} from './keys/dialect.ts';
export {type Digest, isDigest, sha256} from './keys/digest.ts';
export {type Frontend, frontendOf, unsureDialect, withFrontend} from './keys/frontend.ts';
export {type ImageRequest, type ImageTable, imageKey, requiredImages} from './keys/images.ts';
export {lowerStages} from './keys/lower-stages.ts';
export {defaultExecOptions, type ExecOptions} from './keys/lowering.ts';
export {imageTriggers} from './keys/onbuild.ts';
export {fetchedContent, fetchedFileDigest} from './keys/remote-key.ts';
export {isCommit, isRemote} from './keys/remote-source.ts';
export {noRemotes, type RemoteRef, type RemoteResult, type RemoteTable, remoteKey} from './keys/remotes.ts';
export {withoutLogin} from './keys/source-url.ts';
export type {FollowedPath, LoweredStage, LoweredStages, Step, StepNumber} from './keys/step.ts';
export type {GitVertex, HttpVertex, ImageVertex, Vertex} from './keys/vertex.ts';
export {type ImageUse, imageUses} from './lint/image-uses.ts';
export {type LevelSetting, levelOf, type RuleLevel, ruleLevels, unknownRules} from './lint/levels.ts';
export {lintDockerfile, lintSource} from './lint/lint.ts';
export {type PinPlace, pinPlaces} from './lint/pin-places.ts';
export {defaultPolicy, imagePatternProblem, type LintPolicy, type WaivedImage} from './lint/policy.ts';
export type {ImageFacts, MovedTag, RegistryFacts} from './lint/registry-facts.ts';
export {groupOf, type LintKnowledge, pageOf, type Rule, type RuleGroup} from './lint/rule.ts';
export {rules as lintRules} from './lint/rules/index.ts';
export {lackOf} from './lint/unpinned.ts';
export {waiverOf} from './lint/waivers.ts';
