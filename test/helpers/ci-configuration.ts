import {parse} from 'yaml';

/** One thing that a configuration has a shell run, in its order. */
export interface CiCommand {
	readonly text: string;
	/** The shell, as the CI starts it. */
	readonly shell: readonly string[];
}

interface GithubStep {
	readonly uses?: string;
	readonly run?: string;
}

/** The commands of a configuration. GitLab runs all lines of a job in one shell, the others each step in one of its own. */
export function commandsOf(ci: string, text: string): readonly CiCommand[] {
	switch (ci) {
		case 'github': {
			const workflow = parse(text) as {readonly jobs: {readonly build: {readonly steps: readonly GithubStep[]}}};
			return workflow.jobs.build.steps.flatMap(({run}) =>
				run === undefined ? [] : [{text: run, shell: ['bash', '-e']}],
			);
		}

		case 'circleci': {
			const config = parse(text) as {
				readonly jobs: {
					readonly docker: {readonly steps: readonly (string | {readonly run?: {readonly command: string}})[]};
				};
			};
			return config.jobs.docker.steps.flatMap(step =>
				typeof step === 'string' || step.run === undefined
					? []
					: [{text: step.run.command, shell: ['bash', '-eo', 'pipefail']}],
			);
		}

		default: {
			const {docker} = parse(text) as {
				readonly docker: {readonly before_script: readonly string[]; readonly script: readonly string[]};
			};
			return [{text: [...docker.before_script, ...docker.script].join('\n'), shell: ['sh', '-e']}];
		}
	}
}
