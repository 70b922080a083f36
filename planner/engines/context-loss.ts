import type {EngineInfo} from './engine.ts';

/**
 * Why an engine cannot be sent a context over its API: with the containerd image store it looks for what it was sent in
 * the network before Docker 27.5 (moby builder/builder-next/worker/containerdworker.go). Undefined where it can.
 */
export function contextLoss({engineVersion = '', takesOwnImages}: EngineInfo): string | undefined {
	const [, major, minor] = /^(\d+)\.(\d+)\./.exec(engineVersion) ?? [];
	const isOld = major !== undefined && (Number(major) < 27 || (Number(major) === 27 && Number(minor) < 5));
	return isOld && !takesOwnImages
		? `Docker ${engineVersion} with the containerd image store cannot build over the Docker Engine API; install the buildx plugin, or Docker 27.5 or newer`
		: undefined;
}
