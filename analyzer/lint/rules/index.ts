import type {Rule} from '../rule.ts';
import {duplicateStageName} from './duplicate-stage-name.ts';
import {graphUndefinedStage} from './graph-undefined-stage.ts';
import {graphUnreachableStage} from './graph-unreachable-stage.ts';
import {noEmptyContinuation} from './no-empty-continuation.ts';
import {pinLatestTag} from './pin-latest-tag.ts';
import {pinNoDigest} from './pin-no-digest.ts';
import {pinNoTag} from './pin-no-tag.ts';

/** All rules, listed by hand. */
export const rules: readonly Rule[] = [
	duplicateStageName,
	graphUndefinedStage,
	graphUnreachableStage,
	noEmptyContinuation,
	pinLatestTag,
	pinNoDigest,
	pinNoTag,
];
