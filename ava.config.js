export default {
	files: ['dist/test/**/*.test.js'],
	timeout: '5m',
	// The engine tests share one private engine: test/run.mjs brings it up once, before AVA starts.
	environmentVariables: {NO_COLOR: '1'},
};
