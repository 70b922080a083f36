/** A platform as OCI writes it; the variant only where it matters (arm64 has none, arm has v7 …). */
export interface Platform {
	readonly os: string;
	readonly architecture: string;
	readonly variant?: string;
	readonly osVersion?: string;
	readonly osFeatures?: readonly string[];
}
