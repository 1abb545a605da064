const setup = {};

export default setup;
