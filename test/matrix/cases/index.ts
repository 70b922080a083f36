import type {MatrixCase} from '../matrix-case.ts';
import {runCases} from './runs.ts';
import {stageCases} from './stages.ts';
import {transferCases} from './transfers.ts';

/** Every Dockerfile of the matrix. */
export const matrixCases: readonly MatrixCase[] = [...stageCases, ...transferCases, ...runCases];
