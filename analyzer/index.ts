export type {Diagnostic, DiagnosticNote, Severity} from './dockerfile/diagnostic.ts';
export type * from './dockerfile/instruction.ts';
export type {Position, Range, SourceFile, Word} from './dockerfile/source.ts';
export type {BaseImage, BaseImageConfig, BaseImageResult} from './graph/base-image.ts';
export type {Platform} from './graph/platform.ts';
export {type Digest, isDigest, sha256} from './keys/digest.ts';
