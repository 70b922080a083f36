/** Packing and reading tars: contexts that are sent, layers that are read. */
export {extract, type Headers, type Pack, pack} from 'tar-stream';
