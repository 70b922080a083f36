export type * from './caches/cache-config.ts';
export type * from './caches/cache-source.ts';
export type * from './engines/engine.ts';
