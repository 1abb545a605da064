const lan = {};

export default lan;
