import {type Engine, engineDialect, type PlanRequest, parsePlatform} from '../../planner/index.ts';

/**
 * A request as an engine will build it: its dialect unless --buildkit says otherwise, its platform, its local images
 * unless --pull.
 */
export function onEngine(request: PlanRequest, engine: Engine, pull: boolean): PlanRequest {
	const dialect = request.dialect ?? engineDialect(engine.info);
	const {buildPlatform} = request.options;
	return {
		...request,
		options: {...request.options, buildPlatform: parsePlatform(engine.info.platform, buildPlatform) ?? buildPlatform},
		viaEngineApi: engine.info.kind === 'docker',
		...(dialect !== undefined && {dialect}),
		...(!pull && {localImage: reference => engine.localImage(reference)}),
		...(engine.info.takesOwnImages && {ownCacheImage: reference => engine.localImage(reference)}),
	};
}
