// What test/screens uses of playwright-core 1.65.1, whose own declarations need those of a browser: tsconfig.json says so to
// the compiler.

/** A page in a window of its own. */
export interface Tab {
	on(event: 'request', listener: (request: {url(): string}) => void): void;
	on(event: 'console', listener: (message: {type(): string; text(): string}) => void): void;
	on(event: 'pageerror', listener: (error: Error) => void): void;
	goto(url: string): Promise<unknown>;
	evaluate(expression: string): Promise<unknown>;
	screenshot(options: {readonly path: string; readonly fullPage: boolean}): Promise<unknown>;
	pdf(options: {readonly path: string; readonly format: string}): Promise<unknown>;
	emulateMedia(options: {readonly media: 'print' | 'screen'}): Promise<void>;
	waitForTimeout(milliseconds: number): Promise<void>;
	readonly keyboard: {press(key: string): Promise<void>};
}

interface Context {
	newPage(): Promise<Tab>;
	close(): Promise<void>;
}

/** A browser that runs. */
export interface Browser {
	newContext(options: {
		readonly colorScheme: 'light' | 'dark';
		readonly viewport: {readonly width: number; readonly height: number};
	}): Promise<Context>;
	version(): string;
	close(): Promise<void>;
}

export declare const chromium: {
	launch(options: {
		readonly executablePath: string;
		readonly env: NodeJS.ProcessEnv;
		readonly args: readonly string[];
	}): Promise<Browser>;
};
