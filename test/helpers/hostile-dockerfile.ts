/** What must stay text wherever it is shown: HTML, Markdown, shell, graph languages, workflow commands. */
export const hostileTexts: readonly string[] = [
	'<script>alert(1)</script>',
	'</style><img src=x onerror=alert(1)>',
	'|`x`|',
	'@octocat',
	'#12',
	'[a](javascript:alert(1))',
	'**b**',
	'"];evil [label="',
	'--> evil',
	'%%{init: {}}%%',
	'::error::x',
	'##[error]y',
	'$(id)',
	'&amp;',
];

/** A Dockerfile of two stages full of them; every line is one that BuildKit takes. */
export const hostileDockerfile: string = [
	'FROM scratch AS constructor',
	...hostileTexts.map(text => `COPY ${JSON.stringify(['a.txt', `/${text}`])}`),
	'FROM scratch AS end',
	`RUN --mount=type=bind,from=constructor,target=/m ${JSON.stringify(['x', ...hostileTexts])}`,
	'COPY --from=constructor / /',
	'',
].join('\n');
