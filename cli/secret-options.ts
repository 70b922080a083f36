import {type Engine, maskedEngine, parseSecretFlag, readSecrets, type SecretSpec} from '../planner/index.ts';
import type {CommandContext} from './commands/command-context.ts';
import type {UsageError} from './options.ts';

/** The flags about secrets, as commander hands them over. */
export interface SecretFlags {
	readonly secret: readonly string[];
	readonly ssh: readonly string[];
}

export type SecretsResult =
	| {
			readonly kind: 'secrets';
			/** Given an engine, one that does not say the values; or why that engine cannot be given secrets. */
			readonly use: (engine: Engine) => {readonly kind: 'engine'; readonly engine: Engine} | UsageError;
			readonly warnings: readonly string[];
	  }
	| UsageError;

/** Reads what `--secret` names. Values are kept for masking alone: buildx reads them itself. */
export async function secretsOf(
	{secret, ssh}: SecretFlags,
	command: Pick<CommandContext, 'cwd' | 'env'>,
): Promise<SecretsResult> {
	const specs: SecretSpec[] = [];
	for (const text of secret) {
		const flag = parseSecretFlag(text);
		if (flag.kind === 'invalid') {
			return {kind: 'usage', message: flag.message, hint: flag.hint};
		}

		specs.push(flag.spec);
	}

	// buildx would say so only when the build begins (BuildKit session/sshforward/sshprovider/agentprovider.go).
	if (process.platform !== 'win32' && !command.env['SSH_AUTH_SOCK'] && ssh.some(agent => !agent.includes('='))) {
		return {
			kind: 'usage',
			message: '--ssh needs an ssh agent, and SSH_AUTH_SOCK is not set',
			hint: 'start ssh-agent and add a key with ssh-add, or name a key file: --ssh default=FILE',
		};
	}

	const read = await readSecrets(specs, command);
	if (read.kind === 'failed') {
		return {kind: 'usage', ...read.problem};
	}

	const isWanted = secret.length > 0 || ssh.length > 0;
	return {
		kind: 'secrets',
		warnings: read.warnings,
		use: engine =>
			isWanted && engine.info.kind === 'docker'
				? {
						kind: 'usage',
						message: 'the Docker Engine API takes no secrets and no ssh agents',
						hint: 'install the buildx plugin for --secret and --ssh',
					}
				: {kind: 'engine', engine: maskedEngine(engine, read.values)},
	};
}
