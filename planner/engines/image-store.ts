import {member} from '../json-value.ts';

/** Whether an engine's `info` says that its images are in containerd's store, not in that of a graph driver. */
export function hasContainerdStore(info: unknown): boolean {
	return JSON.stringify(member(info, 'DriverStatus') ?? '').includes('io.containerd.snapshotter');
}
