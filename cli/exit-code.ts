/** What the process ends with. */
export const exitCode = {
	/** Fine. */
	ok: 0,
	/** Findings, a Dockerfile with mistakes, or a failed build. */
	findings: 1,
	/** Wrong usage, or an error of cachecast itself. */
	usage: 2,
	/** A build that SIGINT or SIGTERM ended, as `docker buildx` has it (buildx cmd/buildx/main.go). */
	interrupted: 130,
	/** `plan --detailed-exitcode`: something will run, as Terraform's 2 means there are changes. */
	changes: 2,
	/** `--require-cached`: something will run, or may; nothing was built. */
	notCached: 3,
} as const;
