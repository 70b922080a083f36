/**
 * Whether a file is a Dockerfile by its name: `Dockerfile` and `Containerfile`, either with something behind a dot, and
 * `NAME.Dockerfile`. Not what only begins like one: ignore files, templates, notes and what editors leave.
 */
export function isDockerfileName(name: string): boolean {
	return named.test(name) && !otherEnding.test(name);
}

const named = /^(?:dockerfile|containerfile)(?:\..+)?$|.\.(?:dockerfile|containerfile)$/i;

const otherEnding =
	/\.(?:dockerignore|containerignore|md|txt|rst|adoc|html|json|ya?ml|py|sh|go|js|ts|rb|j2|jinja2?|tmpl|tpl|template|erb|mustache|hbs|in|m4|orig|rej|bak|old|swp|lock)$|~$/i;
