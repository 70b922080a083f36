import {generateKeyPairSync, sign} from 'node:crypto';

/** A certificate that is its own authority, with its key; both PEM. */
export interface TestCertificate {
	readonly cert: string;
	readonly key: string;
}

/** Makes a certificate for DNS names and 127.0.0.1 (RFC 5280), so that no key has to be kept with the tests. */
export function makeCertificate(...names: readonly string[]): TestCertificate {
	const {publicKey, privateKey} = generateKeyPairSync('ec', {namedCurve: 'prime256v1'});
	const name = sequence(set(sequence(objectId('550403'), der(0x0c, Buffer.from('cachecast test')))));
	const alternatives = sequence(
		...names.map(dns => der(0x82, Buffer.from(dns))),
		der(0x87, Buffer.from([127, 0, 0, 1])),
	);
	const year = new Date().getUTCFullYear();
	const signed = sequence(
		der(0xa0, integer(2)),
		integer(1),
		sequence(ecdsaWithSha256),
		name,
		sequence(time(`${year - 1}0101000000Z`), time(`${year + 2}0101000000Z`)),
		name,
		publicKey.export({type: 'spki', format: 'der'}),
		der(
			0xa3,
			sequence(extension('551d11', alternatives), extension('551d13', sequence(der(0x01, Buffer.from([0xff]))))),
		),
	);
	const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', signed, privateKey)]));
	const whole = sequence(signed, sequence(ecdsaWithSha256), signature).toString('base64');
	return {
		cert: `-----BEGIN CERTIFICATE-----\n${whole.replaceAll(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
		key: privateKey.export({type: 'pkcs8', format: 'pem'}).toString(),
	};
}

const ecdsaWithSha256 = objectId('2a8648ce3d040302');

function der(tag: number, content: Buffer): Buffer {
	const {length} = content;
	const header = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
	return Buffer.concat([Buffer.from([tag, ...header]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
	return der(0x30, Buffer.concat(parts));
}

function set(part: Buffer): Buffer {
	return der(0x31, part);
}

function integer(value: number): Buffer {
	return der(0x02, Buffer.from([value]));
}

function objectId(hex: string): Buffer {
	return der(0x06, Buffer.from(hex, 'hex'));
}

function time(text: string): Buffer {
	return der(0x18, Buffer.from(text));
}

function extension(id: string, value: Buffer): Buffer {
	return sequence(objectId(id), der(0x04, value));
}
