import {countedFiles, type Hashed} from './counted-files.ts';
import {diskFiles, filesOnDisk, type SourceFiles} from './source-files.ts';

/** What of a request says where its files are. */
export interface FilesWish {
	/** Absent: the disk. */
	readonly files?: SourceFiles;
	/** Hears of files of contexts that are hashed. */
	readonly onHashed?: (hashed: Hashed) => void;
}

/** The files of a request; those of the disk with what is known of them, by `digestsOf`. */
export function requestFiles(
	{files, onHashed}: FilesWish,
	digestsOf: Parameters<typeof filesOnDisk>[0] | undefined,
): SourceFiles {
	const own = files ?? (digestsOf === undefined ? diskFiles : filesOnDisk(digestsOf));
	return onHashed === undefined ? own : countedFiles(own, onHashed);
}
