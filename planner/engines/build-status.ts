import {createRequire} from 'node:module';
import protobuf from 'protobufjs';
import {asArray, asObject, member} from '../json-value.ts';
import {type StatusReader, statusReader} from './solve-status.ts';

/**
 * A reader of the status messages that the Engine API sends as `moby.buildkit.trace`: base64 of BuildKit's
 * StatusResponse (BuildKit api/services/control/control.proto), by the description that dockerode ships.
 */
export async function traceReader(): Promise<(aux: string) => ReturnType<StatusReader>> {
	const file = createRequire(import.meta.url).resolve('dockerode/lib/proto/buildkit_status.proto');
	const root = await protobuf.load(file);
	const type = root.lookupType('moby.buildkit.v1.StatusResponse');
	const read = statusReader();
	return aux => {
		const message = type.decode(Buffer.from(aux, 'base64'));
		return read(asSolveStatus(type.toObject(message, {longs: Number, bytes: String})));
	};
}

/** The same message in the form that rawjson has. */
function asSolveStatus(response: unknown): unknown {
	return {
		vertexes: list(response, 'vertexes').map(vertex => ({
			...asObject(vertex),
			started: time(member(vertex, 'started')),
			completed: time(member(vertex, 'completed')),
		})),
		statuses: list(response, 'statuses').map(status => ({
			...asObject(status),
			id: member(status, 'ID'),
			timestamp: time(member(status, 'timestamp')),
		})),
		logs: list(response, 'logs').map(log => ({...asObject(log), data: member(log, 'msg')})),
		warnings: list(response, 'warnings').map(warning => ({...asObject(warning), range: member(warning, 'ranges')})),
	};
}

function list(response: unknown, name: string): readonly unknown[] {
	return asArray(member(response, name)) ?? [];
}

/** Of google.protobuf.Timestamp; milliseconds are as fine as our events are. */
function time(timestamp: unknown): string | undefined {
	const seconds = member(timestamp, 'seconds');
	const nanos = member(timestamp, 'nanos');
	return typeof seconds === 'number'
		? new Date(seconds * 1000 + (typeof nanos === 'number' ? nanos / 1e6 : 0)).toISOString()
		: undefined;
}
