const conference = {};

export default conference;
