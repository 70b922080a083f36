/** Programs that do the same whatever variables of a project are set. */
const HARMLESS: ReadonlySet<string> = new Set(
	`: [ addgroup adduser apk apt apt-get aptitude awk basename bunzip2 cat cd chgrp chmod chown cp
	curl cut date dirname dnf done dpkg echo egrep env esac exit export false fc-cache fgrep fi find for git
	gpg grep groupadd gunzip gzip head id install ldconfig ln locale-gen ls microdnf mkdir mktemp mv
	printf pwd readlink rm rpm sed set sha256sum sha512sum sleep sort tail tar tee test touch tr true uname unset
	unzip update-alternatives update-ca-certificates useradd usermod wc wget which xargs xz yum zypper }`.split(/\s+/),
);

/** Whether a program, called by its name, makes nothing of the variables that a Dockerfile sets for its project. */
export function isHarmless(name: string): boolean {
	return HARMLESS.has(name);
}
